export declare function toState(n: number, size: number): Map<string, string>;

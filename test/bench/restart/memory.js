export function readMemory() {}

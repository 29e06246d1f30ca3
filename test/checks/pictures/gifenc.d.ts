/** What is used of gifenc, which comes without types. */
declare module 'gifenc' {
  type Color = number[];
  interface Encoder {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        palette?: Color[];
        /** Milliseconds */
        delay: number;
        transparent?: boolean;
        transparentIndex?: number;
        /** 1 leaves the frame where it is, for the next one to be drawn on. */
        dispose?: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  const gifenc: {
    GIFEncoder(): Encoder;
    quantize(rgba: Uint8Array, maxColors: number): Color[];
    nearestColorIndex(palette: Color[], color: Color): number;
  };
  export default gifenc;
}

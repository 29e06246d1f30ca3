import gifenc from 'gifenc';
import { PNG } from 'pngjs';

// oxlint-disable-next-line import/no-named-as-default-member -- it is CommonJS, and Node finds no names in it
const { GIFEncoder, nearestColorIndex, quantize } = gifenc;

/** A picture, and how long it stands, in milliseconds. */
export interface Frame {
  png: Buffer;
  delay: number;
}

/** One is left for the pixels that stay. */
const COLORS = 255;
const STAYS = 255;
/** So many of the most frequent colours are exact: those of surfaces. */
const EXACT = 48;

/** A GIF that begins anew for ever. All frames share a palette, and each draws only what has changed. */
export function toGif(frames: Frame[]): Uint8Array {
  const pictures = frames.map(({ png }) => PNG.sync.read(png));
  const pixels = pictures.map(({ data }) => new Uint32Array(new Uint8Array(data).buffer));
  const palette = toPalette(pixels);
  const indexOf = toIndexer(palette);
  const encoder = GIFEncoder();
  for (const [number, { delay }] of frames.entries()) {
    const { width, height } = pictures[number] as PNG;
    const before = pixels[number - 1];
    const index = Uint8Array.from(pixels[number] as Uint32Array, (pixel, at) =>
      pixel === before?.[at] ? STAYS : indexOf(pixel),
    );
    encoder.writeFrame(index, width, height, {
      ...(number === 0 && { palette }),
      delay,
      transparent: number > 0,
      transparentIndex: STAYS,
      dispose: 1,
    });
  }
  encoder.finish();
  return encoder.bytes();
}

/** Colours for all frames. */
function toPalette(pictures: Uint32Array[]): number[][] {
  const counts = new Map<number, number>();
  for (const [number, pixels] of pictures.entries()) {
    const before = pictures[number - 1];
    for (const [at, pixel] of pixels.entries()) {
      if (pixel !== before?.[at]) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    }
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([pixel]) => pixel);
  const exact = byCount.slice(0, EXACT).map(toColor);
  // Each colour once: a few pixels of an accent count as much as a surface.
  const others = new Uint8Array(Uint32Array.from(byCount.slice(EXACT)).buffer);
  return [...exact, ...quantize(others, COLORS - EXACT).map((color) => color.slice(0, 3))];
}

/** Finds the colour of the palette that comes nearest. */
function toIndexer(palette: number[][]): (pixel: number) => number {
  const known = new Map<number, number>();
  return (pixel) => {
    const found = known.get(pixel);
    if (found !== undefined) return found;
    const index = nearestColorIndex(palette, toColor(pixel));
    known.set(pixel, index);
    return index;
  };
}

/** Red, green and blue of a pixel as it is in memory, the least significant byte first. */
function toColor(pixel: number): number[] {
  return [pixel & 0xff, (pixel >> 8) & 0xff, (pixel >> 16) & 0xff];
}

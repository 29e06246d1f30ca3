import { Random } from '../../support/random.ts';
import { PACKAGES } from './packages.ts';

/** What an app is written in. */
export type Language = 'ESM' | 'CommonJS' | 'ESM in TypeScript' | 'CommonJS in TypeScript';

/** How a package is loaded: first of all, or when it is its turn. */
export type Way = 'import' | 'require' | 'import()';

export interface Loading {
  name: string;
  way: Way;
}

/** One app: which packages it loads, where and in which order. */
export interface Order {
  /** Gives the same app again, with the seed. */
  number: number;
  language: Language;
  /** One file after the other; the last one is the entry. */
  files: Loading[][];
  /** One that is loaded when the app has begun to listen, and its memory has been looked at. */
  last: Loading;
  /** The app looks at the stack when a package first calls this function of `Object`. */
  spied: string | undefined;
  /** Which file is saved for each restart. */
  saved: number[];
}

/** Two of ten in TypeScript, which takes longest. */
const LANGUAGES: readonly Language[] = [
  ...Array.from({ length: 4 }, () => ['ESM', 'CommonJS'] as const).flat(),
  'ESM in TypeScript',
  'CommonJS in TypeScript',
];

const FEWEST = 12;
const MOST = 25;
const FILES = 4;

/** Every third app is restarted once more: what was learned is used again, and learned anew. */
const RESTARTED_TWICE = 3;

/** Draws an app; the same seed and number give the same one. */
export function drawOrder(seed: number, number: number): Order {
  const random = new Random(seed * 1000 + number);
  const language = LANGUAGES[number % LANGUAGES.length] as Language;
  const files = Array.from({ length: 1 + random.below(FILES) }, (): Loading[] => []);
  const [last, ...names] = drawPackages(random);
  for (const name of names) random.pick(files).push({ name, way: drawWay(random, language) });
  return {
    number,
    language,
    files,
    last: { name: last as string, way: random.pick(['require', 'import()']) },
    spied: random.below(3) === 0 ? random.pick(['defineProperty', 'create', 'freeze']) : undefined,
    saved: Array.from({ length: random.below(RESTARTED_TWICE) === 0 ? 2 : 1 }, () =>
      random.below(files.length),
    ),
  };
}

function drawPackages(random: Random): string[] {
  const left: string[] = [...PACKAGES];
  const count = FEWEST + random.below(MOST - FEWEST + 1);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)).flat();
}

/** Mostly as people do it. */
function drawWay(random: Random, language: Language): Way {
  const usual = language === 'CommonJS' ? 'require' : 'import';
  if (language === 'CommonJS in TypeScript') return usual; // tsx makes `require` of all
  const isUsual = random.below(6) > 0;
  return isUsual ? usual : random.pick(['require', 'import()'] as const);
}

import { askJson, HOLDOVER, post, toModule, type RealApp } from '../real-app.ts';

const MAIN = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import session from 'express-session';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['warn', 'error'] });
  app.use(session({ secret: 'my-secret of thirty-two characters', resave: false, saveUninitialized: false }));
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000);
  console.log('Nest listens');
}
void bootstrap();
`;

const MODULE = `
import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';

@Module({ controllers: [AppController], providers: [AppService] })
export class AppModule {}
`;

const CONTROLLER = `
import { Body, Controller, Get, HttpCode, Post, Session, UnauthorizedException } from '@nestjs/common';
import { AppService } from './app.service.js';

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getHello(): string {
    return this.appService.getHello();
  }

  @Get('version')
  getVersion(): string {
    return this.appService.getVersion();
  }

  @Post('login')
  @HttpCode(200)
  logIn(@Body() body: { user: string }, @Session() session: Record<string, unknown>) {
    session.user = body.user;
    return { user: body.user };
  }

  @Get('me')
  getMe(@Session() session: Record<string, unknown>) {
    if (!session.user) throw new UnauthorizedException();
    return { user: session.user };
  }
}
`;

const SERVICE = `
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { version } from './version.js';

@Injectable()
export class AppService implements OnModuleDestroy {
  getHello(): string {
    return 'Hello World!';
  }

  getVersion(): string {
    return version;
  }

  onModuleDestroy(): void {
    console.log('The module is destroyed');
  }
}
`;

const TSCONFIG = {
  include: ['src'],
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    rootDir: './src',
    outDir: './dist',
    types: ['node'],
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    incremental: true,
    skipLibCheck: true,
    strict: true,
    noImplicitAny: false,
  },
};

const REFUSES = /Found [1-9]\d* error/;
const NEST = 'node_modules/@nestjs/cli/bin/nest.js';

const app = {
  files: {
    'package.json': '{ "name": "nest-app", "type": "module" }',
    'nest-cli.json': '{ "collection": "@nestjs/schematics", "sourceRoot": "src" }',
    'tsconfig.json': JSON.stringify(TSCONFIG),
    'src/main.ts': MAIN,
    'src/app.module.ts': MODULE,
    'src/app.controller.ts': CONTROLLER,
    'src/app.service.ts': SERVICE,
    'src/version.ts': toModule('1'),
  },
  saved: { path: 'src/version.ts', toText: toModule },
  pages: ['/', '/me'],
  logIn: (browser) => post(browser, '/login', { user: 'ada' }),
  who: ({ browser }) => askJson(browser, '/me'),
} satisfies Partial<RealApp>;

/** Nest restarts the app by itself, and the app is run under `holdover/register`. */
export const nestStart: RealApp = {
  ...app,
  name: 'NestJS, by nest start --watch',
  plain: [NEST, 'start', '--watch'],
  held: [NEST, 'start', '--watch', '--exec', 'node --import holdover/register'],
  isPlainWatching: true,
  refuses: REFUSES,
  noise: /Starting compilation|File change detected|Found 0 errors/,
};

/** Nest builds, and holdover runs what is built. */
export const nestBuild: RealApp = {
  ...app,
  name: 'NestJS, by nest build --watch and holdover watch dist/main.js',
  plain: ['dist/main.js'],
  held: [HOLDOVER, 'watch', 'dist/main.js'],
  // What it builds of the syntax error fails each time that it writes it, which may be twice; and a start
  // in between may read another file while that is empty.
  noise: /^file:|^';;$|^import \{|^\s*\^+$|^SyntaxError: |^\s+at file:|^Node\.js v/,
  builder: {
    words: [NEST, 'build', '--watch'],
    built: 'dist/version.js',
    done: /Found 0 errors/,
    refuses: REFUSES,
  },
};

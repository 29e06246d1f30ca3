/** Packages of a project, by name, with their ranges. */
export type Packages = Record<string, string>;

const BABEL_7 = { '@babel/core': '^7.28.0', '@babel/preset-env': '^7.28.0' };
const REACT_18 = { react: '^18.3.0', 'react-dom': '^18.3.0' };
const REACT_19 = { react: '^19.2.0', 'react-dom': '^19.2.0' };
const EXPRESS = { express: '^4.22.0', 'express-session': '^1.18.0' };

/**
 * What usual projects have before holdover comes: each set installs without a word of an error by itself. Most
 * have packages with peers that pin a major version, which a package with peers of its own may contradict.
 */
export const PACKAGE_SETS: Record<string, Packages> = {
  'jest 29 with ts-jest': {
    jest: '^29.7.0',
    'ts-jest': '^29.4.0',
    '@types/jest': '^29.5.0',
    typescript: '^5.9.0',
  },
  'jest 30 with Babel 7': { jest: '^30.2.0', 'babel-jest': '^30.2.0', ...BABEL_7 },
  'ava and supertest': { ava: '^6.4.0', supertest: '^7.1.0' },
  'mocha 10, chai and nyc': { mocha: '^10.8.0', chai: '^4.5.0', nyc: '^17.1.0' },
  'vitest 1': { vitest: '^1.6.0', '@vitest/coverage-v8': '^1.6.0' },
  'react-scripts 5': { 'react-scripts': '5.0.1', ...REACT_18 },
  'Storybook 10': { storybook: '^10.0.0', '@storybook/react-vite': '^10.0.0', ...REACT_19 },
  "Angular's CLI": {
    '@angular/cli': '20.3.39',
    '@angular/build': '20.3.39',
    '@angular/compiler-cli': '20.3.35',
    '@angular/compiler': '20.3.35',
    '@angular/core': '20.3.35',
    '@angular/common': '20.3.35',
    '@angular/platform-browser': '20.3.35',
    rxjs: '^7.8.0',
    'zone.js': '^0.15.0',
    typescript: '~5.9.0',
  },
  'Next.js 15 with ESLint 9': {
    next: '^15.5.0',
    'eslint-config-next': '^15.5.0',
    eslint: '^9.38.0',
    ...REACT_19,
  },
  "Nest's CLI": {
    '@nestjs/cli': '^11.0.0',
    '@nestjs/core': '^11.1.0',
    '@nestjs/common': '^11.1.0',
    '@nestjs/platform-express': '^11.1.0',
    '@nestjs/testing': '^11.1.0',
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.8.0',
    jest: '^29.7.0',
  },
  'ESLint 8 with typescript-eslint 6': {
    eslint: '^8.57.0',
    '@typescript-eslint/eslint-plugin': '^6.21.0',
    '@typescript-eslint/parser': '^6.21.0',
    'eslint-plugin-import': '^2.32.0',
    typescript: '~5.3.0',
  },
  'Vite 5 with React 18': { vite: '^5.4.0', '@vitejs/plugin-react': '^4.7.0', ...REACT_18 },
  'Vite 6 with Vue': { vite: '^6.4.0', '@vitejs/plugin-vue': '^5.2.0', vue: '^3.5.0' },
  'Vite 7 with Svelte 5': {
    vite: '^7.3.0',
    '@sveltejs/vite-plugin-svelte': '^6.2.0',
    svelte: '^5.43.0',
  },
  'Vite 8 with React 19': { vite: '^8.0.0', '@vitejs/plugin-react': '^6.0.0', ...REACT_19 },
  "React Router's template for a server of one's own": {
    '@react-router/dev': '7.9.6',
    '@react-router/express': '7.9.6',
    '@react-router/node': '7.9.6',
    'react-router': '7.9.6',
    vite: '^7.1.0',
    typescript: '^5.9.0',
    ...REACT_19,
    ...EXPRESS,
  },
  'tsx 3, Express 4 and passport': {
    tsx: '^3.14.0',
    passport: '^0.7.0',
    '@types/express': '^4.17.0',
    '@types/express-session': '^1.18.0',
    typescript: '^5.9.0',
    ...EXPRESS,
  },
  'TypeScript 4.9 with ts-node and nodemon': {
    typescript: '~4.9.0',
    'ts-node': '^10.9.0',
    nodemon: '^2.0.0',
    ...EXPRESS,
  },
  'webpack 5 with Babel 7': {
    webpack: '^5.102.0',
    'webpack-cli': '^5.1.0',
    'babel-loader': '^9.2.0',
    ...BABEL_7,
  },
  'Fastify 4 with its sessions': {
    fastify: '^4.29.0',
    '@fastify/cookie': '^9.4.0',
    '@fastify/session': '^10.9.0',
  },
  'Keyv 4 with Redis': { keyv: '^4.5.0', '@keyv/redis': '^2.8.0' },
  'Koa 2 with koa-session': { koa: '^2.16.0', 'koa-session': '^6.4.0' },
  'React 16': { react: '^16.14.0', 'react-dom': '^16.14.0', 'react-router-dom': '^5.3.0' },
  'Better Auth with Drizzle': { 'better-auth': '^1.3.0', 'drizzle-orm': '^0.45.2', zod: '^4.1.0' },
};

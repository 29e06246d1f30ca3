import { entry as betterAuth } from './better-auth.ts';
import { describeEntry } from './contract.ts';
import { entry as grammy } from './grammy.ts';
import { entry as hono } from './hono.ts';
import { entry as koa } from './koa.ts';
import { entry as oidcProvider } from './oidc-provider.ts';
import { entry as reactRouter } from './react-router.ts';
import { entry as unstorage } from './unstorage.ts';

describeEntry('better-auth', betterAuth);
describeEntry('grammy', grammy);
describeEntry('hono', hono);
describeEntry('koa', koa);
describeEntry('oidc-provider', oidcProvider);
describeEntry('react-router', reactRouter);
describeEntry('unstorage', unstorage);

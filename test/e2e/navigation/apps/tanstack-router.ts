import {
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  redirect,
  useLocation,
} from '@tanstack/react-router';
import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import './app.js';

function Screen(): null {
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `Screen ${pathname}`;
  }, [pathname]);
  return null;
}

// This router changes the address first and loads after.
const rootRoute = createRootRoute();
const routeTree = rootRoute.addChildren([
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/private',
    beforeLoad: () => {
      throw redirect({ to: '/$', params: { _splat: 'login' }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/slow',
    loader: () => new Promise((resolve) => setTimeout(resolve, 300, null)),
    component: Screen,
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/$', component: Screen }),
]);
const router = createRouter({ routeTree });
const root = document.getElementById('app');
if (root) createRoot(root).render(createElement(StrictMode, null, createElement(RouterProvider, { router })));
window.go = (to, isReplaced) => (isReplaced ? router.history.replace(to) : router.history.push(to));

import { createBrowserRouter } from 'react-router';
import { runReact } from './react.js';

runReact(createBrowserRouter);

import { createHashRouter } from 'react-router';
import { runReact } from './react.js';

runReact(createHashRouter);

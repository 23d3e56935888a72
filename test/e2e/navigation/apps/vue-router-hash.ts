import { createWebHashHistory } from 'vue-router';
import { runVue } from './vue.js';

runVue(createWebHashHistory());

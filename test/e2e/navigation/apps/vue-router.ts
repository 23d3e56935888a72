import { createWebHistory } from 'vue-router';
import { runVue } from './vue.js';

runVue(createWebHistory());

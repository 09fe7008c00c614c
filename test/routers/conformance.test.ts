// Every registered router sits the exam.
import { ROUTER_NAMES } from '../../src/routers/registry.js';
import { examine } from './conformance.js';

for (const name of ROUTER_NAMES) await examine(name);

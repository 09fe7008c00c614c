#!/usr/bin/env node
// Loads the built command line; everything else is in dist/ (made from src/ by `npm run build`).
import { main } from '../dist/cli/main.js';

await main(process.argv);

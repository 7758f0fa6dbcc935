// Every figure, in the order of the table of goals. A figure is added here and nowhere else.
import { cost } from './cost.mjs';
import { delays } from './delays.mjs';
import { losses } from './losses.mjs';
import { memory } from './memory.mjs';
import { reading } from './reading.mjs';
import { restoring } from './restoring.mjs';
import { startUp } from './start-up.mjs';

export const figures = [...reading, ...delays, ...restoring, ...losses, ...cost, ...memory, ...startUp];

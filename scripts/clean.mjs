// Removes what the build made, so that the next build starts from the sources alone.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });

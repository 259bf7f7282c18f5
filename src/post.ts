// SPDX-License-Identifier: Apache-2.0
import { finishAction } from './action/post.ts';

await finishAction();
// Connections that libraries keep open are nobody's reason to wait.
process.exit();

// A summary as a POST. Follows no redirection: the token is for the address that was given, and for no other,
// and is never sent in clear to another computer.

import { isReadableOnTheWay, type WebhookMessage } from '../../ports.js';

export async function post({ url, json, bearer, timeLimitMs }: WebhookMessage): Promise<void> {
  if (bearer !== undefined && isReadableOnTheWay(url))
    throw new Error('the token would be sent in clear: https:// is needed');
  const answer = await fetch(url, {
    method: 'POST',
    body: json,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeLimitMs),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'bacvault',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the server answered ${answer.status} ${answer.statusText}`.trim());
}

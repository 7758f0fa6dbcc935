// A process of its own that stands between client and device: `node relay.mjs '{"to":PORT,...}'` on loopback. Tells its
// parent the port that it listens on. Options: `delayMs` one way, `lossRate` each way from `seed`, and a
// model of a small device in front of the true one: `serviceMs` for each request, one after the other, with
// `queue` requests waiting at most; what finds the queue full is lost.
import { createSocket } from 'node:dgram';

const {
  to,
  delayMs = 0,
  lossRate = 0,
  seed = 7,
  serviceMs = 0,
  queue = Infinity,
} = JSON.parse(process.argv[2]);

/** The same losses in every run: xorshift32. */
let word = seed * 2654435761 || 1;
function lost() {
  if (lossRate === 0) return false;
  word ^= word << 13;
  word ^= word >>> 17;
  word ^= word << 5;
  return (word >>> 0) / 2 ** 32 < lossRate;
}

/** Runs what is due in the order of its times; one timer for all. */
class Line {
  #waiting = [];

  at(time, act) {
    this.#waiting.push({ time, act });
    if (this.#waiting.length === 1) this.#arm();
  }

  #arm() {
    const [next] = this.#waiting;
    if (next === undefined) return;
    setTimeout(() => this.#run(), Math.max(0, next.time - performance.now()));
  }

  #run() {
    const now = performance.now() + 0.5;
    while (this.#waiting.length > 0 && this.#waiting[0].time <= now) this.#waiting.shift().act();
    this.#arm();
  }
}

const [there, back, service] = [new Line(), new Line(), new Line()];

function after(line, ms, act) {
  if (ms === 0) act();
  else line.at(performance.now() + ms, act);
}

/** The small device: busy until then, with so many waiting. */
let busyUntil = 0;
let waiting = 0;

function serve(act) {
  if (serviceMs === 0) {
    act();
    return;
  }
  const now = performance.now();
  // One is in work; the others wait.
  if (waiting > queue) return;
  waiting += 1;
  busyUntil = Math.max(busyUntil, now) + serviceMs;
  service.at(busyUntil, () => {
    waiting -= 1;
    act();
  });
}

const front = createSocket('udp4');
const backs = new Map();

/** Each client has its own way to the device, so that one never gets what is meant for another. */
function backOf(from) {
  const key = `${from.address}:${from.port}`;
  let socket = backs.get(key);
  if (socket === undefined) {
    socket = createSocket('udp4');
    socket.on('message', (octets) => {
      if (lost()) return;
      after(back, delayMs, () => front.send(octets, from.port, from.address));
    });
    backs.set(key, socket);
  }
  return socket;
}

front.on('message', (octets, from) => {
  if (lost()) return;
  const socket = backOf(from);
  after(there, delayMs, () => serve(() => socket.send(octets, to, '127.0.0.1')));
});
front.bind(0, '127.0.0.1', () => {
  front.setRecvBufferSize(1 << 20);
  process.send({ port: front.address().port });
});
process.on('disconnect', () => process.exit());

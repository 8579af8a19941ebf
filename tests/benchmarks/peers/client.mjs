// All consoles of a peer in one process:
//
//   node client.mjs SYSTEM PORT seen CONSOLES EVENTS PER_SECOND WARM_UP TEXT
//   node client.mjs SYSTEM PORT appends EVENTS TEXT
//   node client.mjs SYSTEM PORT room WRITERS EVENTS TEXT
//   node client.mjs SYSTEM PORT cold_open EVENTS PER_TRANSACTION TEXT
//
// Prints one line of JSON.  Times are milliseconds of one monotonic clock.  A console has
// applied an append when the observer of its own document has fired.

import { HocuspocusProvider } from "@hocuspocus/provider";
import * as encoding from "lib0/encoding";
import WebSocket from "ws";
import { writeUpdate } from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const ROOM = "incident";
const [system, port, task, ...words] = process.argv.slice(2);

const connects = {
  ywebsocket: (doc) =>
    new WebsocketProvider(`ws://127.0.0.1:${port}`, ROOM, doc, {
      WebSocketPolyfill: WebSocket,
      disableBc: true,
    }),
  hocuspocus: (doc) =>
    new HocuspocusProvider({
      url: `ws://127.0.0.1:${port}`,
      name: ROOM,
      document: doc,
      WebSocketPolyfill: WebSocket,
    }),
};

/** A document that is in step with the server. */
async function open() {
  const doc = new Y.Doc();
  const provider = connects[system](doc);
  await new Promise((resolve) => {
    if (provider.synced) resolve();
    else provider.on("synced", resolve).on?.("sync", (is) => is && resolve());
  });
  return doc.getArray("entries");
}

const pause = (milliseconds) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

async function untilAll(is, every = 5) {
  while (!is()) await pause(every);
}

/** When each of the consoles applied each append, against when that began. */
async function seen(consoles, events, perSecond, warmUp, text) {
  const count = Number(events) + Number(warmUp);
  const sent = [];
  const readers = [];
  for (let number = 0; number < consoles; number += 1) {
    const entries = await open();
    const applied = [];
    entries.observe(() => {
      const now = performance.now();
      while (applied.length < entries.length) applied.push(now);
    });
    readers.push(applied);
  }
  const writer = await open();
  await pause(500);
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    sent.push(began);
    writer.push([text]);
    await pause(1_000 / perSecond - (performance.now() - began));
  }
  await untilAll(() => readers.every((applied) => applied.length === count));
  const each = [];
  const last = [];
  for (let at = Number(warmUp); at < count; at += 1) {
    const delays = readers.map((applied) => applied[at] - sent[at]);
    each.push(...delays);
    last.push(Math.max(...delays));
  }
  return { each, last };
}

/** Seconds until one onlooker has seen everything that one writer pushed without waiting. */
async function appends(events, text) {
  const onlooker = await open();
  const writer = await open();
  const count = Number(events);
  const began = performance.now();
  for (let number = 0; number < count; number += 1) {
    writer.push([text]);
    if (number % 32 === 31) await new Promise(setImmediate);
  }
  await untilAll(() => onlooker.length === count, 1);
  return { seconds: (performance.now() - began) / 1_000 };
}

/** What opens a connection by hand, and what goes in front of every message of its room. */
const wire = {
  ywebsocket: { path: `/${ROOM}`, prefix: () => {} },
  hocuspocus: { path: "/", prefix: (encoder) => encoding.writeVarString(encoder, ROOM) },
};

/** A message of y-protocols that carries one update. */
function message(update) {
  const encoder = encoding.createEncoder();
  wire[system].prefix(encoder);
  encoding.writeVarUint(encoder, 0);
  writeUpdate(encoder, update);
  return encoding.toUint8Array(encoder);
}

/** The messages by which one author appends `count` entries that begin with `mark`. */
function prepared(count, mark, text) {
  const doc = new Y.Doc();
  const messages = [];
  doc.on("update", (update) => messages.push(message(update)));
  for (let number = 0; number < count; number += 1) doc.getArray("entries").push([mark + text]);
  return messages;
}

/** A connection without a document behind it: nothing but what is sent and received. */
async function plug() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${wire[system].path}`);
  await new Promise((resolve) => socket.once("open", resolve));
  if (system === "hocuspocus") {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, ROOM);
    encoding.writeVarUint(encoder, 2); // authentication
    encoding.writeVarUint(encoder, 0); // by a token
    encoding.writeVarString(encoder, "none");
    socket.send(encoding.toUint8Array(encoder));
  }
  await pause(200);
  return socket;
}

/** Send each message once the one before has come back from the server. */
function pushAll(socket, messages, mark) {
  return new Promise((resolve) => {
    let next = 0;
    const send = () => socket.send(messages[next]);
    socket.on("message", (data) => {
      if (data.indexOf(mark) < 0) return;
      next += 1;
      if (next < messages.length) send();
      else resolve();
    });
    send();
  });
}

/** Seconds that a room of writers takes, each with one append on its way at a time.
 *
 * Everybody in the room is sent everything, as these servers do. */
async function room(writers, events, text) {
  const share = Math.floor(Number(events) / Number(writers));
  const marks = Array.from({ length: Number(writers) }, (_, at) => `<${at}>`);
  const work = marks.map((mark) => prepared(share, mark, text));
  const sockets = await Promise.all(marks.map(plug));
  const began = performance.now();
  await Promise.all(sockets.map((socket, at) => pushAll(socket, work[at], marks[at])));
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, events: share * marks.length };
}

/** Seconds until a newcomer has everything; filled by another, many to a transaction. */
async function cold_open(events, perTransaction, text) {
  const count = Number(events);
  const batch = Array(Number(perTransaction)).fill(text);
  const [onlooker, writer] = [await open(), await open()];
  while (writer.length < count) {
    writer.push(batch);
    await new Promise(setImmediate);
  }
  await untilAll(() => onlooker.length === count);
  const began = performance.now();
  const entries = await open();
  await untilAll(() => entries.length === count, 1);
  const rows = entries.toArray().length;
  return { seconds: (performance.now() - began) / 1_000, rows };
}

process.setMaxListeners(0); // every console of y-websocket adds one

const tasks = { seen, appends, room, cold_open };
const answer = JSON.stringify(await tasks[task](...words));
process.stdout.write(`${answer}\n`, () => process.exit(0));

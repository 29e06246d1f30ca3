import type { Server, Socket } from 'node:net';
import { toPlainHandle, type Handle, type WithHandle } from '../handle.ts';
import type { SocketId } from '../messages.ts';
import { send } from './channel.ts';
import { toClosedHandle } from './closed-handle.ts';
import type { Listening } from './listening.ts';

/** A server that listens on a handle, of which others have copies. */
export function toListening(id: SocketId, server: WithHandle<Server>, handle: Handle): Listening {
  return {
    id,
    server,
    stopAccepting() {
      if (server._handle === handle) server._handle = toClosedHandle(handle);
      handle.close();
    },
    pass: (socket) => pass(id, socket),
  };
}

function pass(id: SocketId, socket: Socket): Promise<void> | undefined {
  const handle = toPlainHandle(socket);
  if (!handle || handle.writeQueueSize > 0) return undefined;
  handle.readStop();
  return send({ holdover: 'connection', id }, handle).then(() => void socket.destroy());
}

// SPDX-License-Identifier: MIT
// The card of devices: which camera, what it sees, and how loud the microphone is. Nothing is on unless the agent asks.

/** Loudest value of `audioTrackVolume` in speech, so that the meter uses its width. */
const LOUD = 60;

/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);

/** @param {any} stream */
const stop = (stream) => {
  for (const track of stream?.getTracks() ?? []) track.stop();
};

/**
 * @param {{ problem: (error: unknown, area: string) => void }} page
 */
export const createDeviceCard = ({ problem }) => {
  /** @type {any} */
  let sdk;
  /** @type {MediaStream | undefined} */
  let picture;
  /** @type {MediaStream | undefined} */
  let sound;

  const [camera, preview, toggle, meter, listen, unlock] = [
    'camera', 'camera-preview', 'camera-toggle', 'mic-level', 'mic-test', 'unlock-audio',
  ].map(part);

  const draw = () => {
    preview.hidden = !picture;
    preview.srcObject = picture ?? null;
    toggle.textContent = picture ? 'Hide camera' : 'Show camera';
    listen.textContent = sound ? 'Stop the test' : 'Test microphone';
    if (!sound) meter.value = 0;
    toggle.disabled = listen.disabled = !sdk;
  };

  const drawCameras = () => {
    const cameras = sdk?.media?.getVideoDevices?.() ?? [];
    camera.replaceChildren(new Option('System default', ''), ...cameras
      .filter((/** @type {MediaDeviceInfo} */ { deviceId }) => deviceId)
      .map((/** @type {MediaDeviceInfo} */ { deviceId, label }, /** @type {number} */ index) => (
        new Option(label || `Camera ${index + 1}`, deviceId, false, deviceId === camera.value))));
  };

  const hide = () => {
    stop(picture);
    stop(sound);
    picture = sound = undefined;
    draw();
  };

  /** @param {() => Promise<void>} work */
  const attempt = async (work) => {
    try {
      await work();
    } catch (error) {
      problem(error, 'media');
    }
    draw();
  };

  const show = async () => {
    picture = await sdk.media.startMedia({ video: camera.value || null });
    drawCameras(); // labels may only be known now
  };

  toggle.addEventListener('click', () => attempt(async () => {
    if (!picture) return show();
    stop(picture);
    picture = undefined;
  }));
  camera.addEventListener('change', () => attempt(async () => {
    await sdk?.updateDefaultDevices({ videoDeviceId: camera.value || null, updateActiveSessions: true });
    if (!picture) return;
    stop(picture);
    picture = undefined;
    await show();
  }));
  listen.addEventListener('click', () => attempt(async () => {
    if (sound) {
      stop(sound);
      sound = undefined;
      return;
    }
    sound = await sdk.media.startMedia({ audio: true, monitorMicVolume: true });
  }));
  unlock.addEventListener('click', () => attempt(async () => {
    unlock.hidden = await sdk.media.unlockAudio();
  }));
  draw();

  return {
    /** @param {any} [instance] the SDK object of who signed in, none after signing out */
    use(instance) {
      hide();
      sdk = instance;
      unlock.hidden = true;
      sdk?.media?.on?.('state', drawCameras);
      sdk?.media?.on?.('audioBlocked', (/** @type {boolean} */ blocked) => {
        unlock.hidden = !blocked;
      });
      sdk?.media?.on?.('audioTrackVolume', (/** @type {any} */ { track, volume }) => {
        if (sound?.getTracks().includes(track)) meter.value = Math.min(1, volume / LOUD);
      });
      drawCameras();
      draw();
    },
  };
};

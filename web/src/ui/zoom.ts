// Zooming into a picture: Ctrl and the wheel, which a pinch on a touch pad is too, and two fingers on a screen.

/** By how much a wheel has turned for one step, and two fingers have parted. */
const TURN = 20, APART = 1.4;

type Zoom = (closer: boolean, x: number, y: number) => void;

/** Calls `zoom` with where it happens on the screen; gives what ends that. */
export function zooming(box: HTMLElement, zoom: Zoom): () => void {
  let turned = 0, apart = 0;
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    turned += event.deltaY;
    if (Math.abs(turned) < TURN) return;
    zoom(turned < 0, event.clientX, event.clientY);
    turned = 0;
  };
  const touch = (event: TouchEvent) => {
    const [one, other] = event.touches;
    if (!other) return void (apart = 0);
    event.preventDefault();
    const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY), closer = now > apart;
    if (apart && (closer ? now / apart : apart / now) < APART) return;
    if (apart) zoom(closer, (one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2);
    apart = now;
  };
  const ours = { wheel, touchstart: touch, touchmove: touch, touchend: touch } as Record<string, EventListener | ((event: never) => void)>;
  for (const [kind, act] of Object.entries(ours)) box.addEventListener(kind, act as EventListener, { passive: false });
  return () => Object.entries(ours).forEach(([kind, act]) => box.removeEventListener(kind, act as EventListener));
}

/** Assets on a ship's way: when she is there if she goes on as she does. */

import type { AssetAhead } from "../model/nouns";
import { frequency, spread } from "../ui/format";

export function Ahead({ ahead, onAsset }: { ahead: AssetAhead[]; onAsset?: (id: string) => void }) {
  if (!ahead.length) return <p class="quiet">No asset lies on her way as far as the forecast reaches.</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Asset</th>
          <th scope="col" class="right">
            In (spread)
          </th>
          <th scope="col" class="right">
            Crosses it
          </th>
        </tr>
      </thead>
      <tbody>
        {[...ahead]
          .sort((a, b) => a.minutes - b.minutes)
          .map((a) => (
            <tr key={a.asset.id}>
              <th scope="row">
                <button type="button" class="link" onClick={() => onAsset?.(a.asset.id)}>
                  {a.asset.name}
                </button>
                {a.asset.kp_km != null && <span class="quiet num"> KP {a.asset.kp_km.toFixed(0)}</span>}
              </th>
              <td class="right num">{spread(a.minutes, a.minutes_low, a.minutes_high)}</td>
              <td class="right num">{frequency(a.chance)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

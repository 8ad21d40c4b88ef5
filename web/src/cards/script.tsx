/** What a person may say by radio. The page transmits nothing. */

import { Copy } from "../ui/parts";

export function Script({ text, title }: { text: string; title: string }) {
  return (
    <div class="script">
      <p>{text}</p>
      <Copy text={text} label={`Copy ${title}`} />
    </div>
  );
}

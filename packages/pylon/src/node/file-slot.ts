import type { LoginSlot } from "../login-slot.ts";
import { deleteFromFile, readFromFile, saveToFile } from "./login-file.ts";
import { readRecord } from "./saved-record.ts";

export function fileSlot(file: string, name: string): LoginSlot {
  const label = `login ${name} in ${file}`;
  return {
    name,
    label,
    async read() {
      const kept = await readFromFile(file, name);
      return kept === undefined ? undefined : readRecord(kept, label);
    },
    save: (record, signal) => saveToFile(file, name, record, signal),
    delete: (signal) => deleteFromFile(file, name, signal),
  };
}

import { dnanexus } from "@auth/dnanexus";

const env = { DX_USER_CONF_DIR: "/nowhere" };
const error = await dnanexus({ env })
  .token()
  .catch((reason) => reason);
console.log(error.code);

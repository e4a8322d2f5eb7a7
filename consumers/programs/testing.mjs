import { authInterceptor } from "@auth/pylon/undici";
import { startFakePylon } from "@auth/pylon/testing";

const fake = await startFakePylon({ tokens: {} });
console.log(typeof authInterceptor, typeof fake.url);
await fake.close();

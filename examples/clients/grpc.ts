// grpc-js asks for metadata with each call, and says for which address. It sends none over plain text.
import type { Auth } from "@auth/pylon";
import { type CallCredentials, credentials, Metadata } from "@grpc/grpc-js";

// #region copy
function callCredentialsWith(auth: Auth): CallCredentials {
  return credentials.createFromMetadataGenerator(({ service_url }, done) => {
    auth.headers(service_url).then(
      (headers) => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
        done(null, metadata);
      },
      (error: Error) => done(error),
    );
  });
}
// #endregion

export { callCredentialsWith };

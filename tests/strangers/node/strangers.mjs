// What npm `jose` makes of our keys, seals and signatures, and what it makes itself. Reads one request as JSON from
// standard input, prints one answer. Decides nothing: what must hold is asserted by test_jose.py.
import * as jose from "jose";

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (data) => Buffer.from(data).toString("base64url");
const outcome = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: error.code ?? error.constructor.name };
  }
};

const actions = {
  thumbprint: ({ key }) => jose.calculateJwkThumbprint(key, "sha256"),

  async open({ jwe, key }) {
    const options = { keyManagementAlgorithms: ["ECDH-ES+A256KW"], contentEncryptionAlgorithms: ["A256GCM"] };
    const found = await jose.generalDecrypt(JSON.parse(jwe), await jose.importJWK(key, key.alg), options);
    return {
      plaintext: text(found.plaintext),
      aad: text(found.additionalAuthenticatedData),
      protected: found.protectedHeader,
    };
  },

  // Under several recipients jose writes epk, apu and apv into each one's own header, as our profile has it. Under one
  // it writes them into the protected header; so there it seals to `spare` as well, and that entry is left out: nothing
  // authenticates the list of recipients.
  async seal({ content, protected: header, aad, recipients, spare }) {
    const sealing = new jose.GeneralEncrypt(bytes(content))
      .setProtectedHeader(header)
      .setAdditionalAuthenticatedData(bytes(aad));
    for (const { key, kid, apu, apv } of [...recipients, ...(spare ? [spare] : [])]) {
      sealing
        .addRecipient(await jose.importJWK(key, key.alg))
        .setUnprotectedHeader({ alg: key.alg, kid })
        .setKeyManagementParameters({ apu: bytes(apu), apv: bytes(apv) });
    }
    const made = await sealing.encrypt();
    made.recipients.length = recipients.length;
    return JSON.stringify(made);
  },

  async verify({ jws, key, typ }) {
    const known = await jose.importJWK(key, "Ed25519");
    const found = await jose.compactVerify(jws, known, { algorithms: ["Ed25519"] });
    if (found.protectedHeader.typ !== typ) throw new jose.errors.JWSInvalid("another type");
    return { payload: text(found.payload), header: found.protectedHeader };
  },

  async sign({ payload, key, header }) {
    return new jose.CompactSign(bytes(payload)).setProtectedHeader(header).sign(await jose.importJWK(key, header.alg));
  },

  knows: ({ key, alg }) => jose.importJWK(key, alg).then(() => true),
};

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = [];
for (const { action, ...rest } of JSON.parse(input)) answers.push(await outcome(() => actions[action](rest)));
process.stdout.write(JSON.stringify(answers));

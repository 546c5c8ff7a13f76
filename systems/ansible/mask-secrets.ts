/** Bootstrap tokens of kubeadm (`abcdef.0123456789abcdef`): kubeadm prints them by itself. */
const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;
/** A private key within one line, as JSON prints it. */
const keyInOneLine = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----/g;
const keyBegins = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*/;
const keyEnds = /.*-----END [A-Z ]*PRIVATE KEY-----/;
/** The private half of a kubeconfig's client certificate. */
const clientKeyData = /(client-key-data\\?["']?:\s*\\?["']?)[A-Za-z0-9+/=]+/g;

/** The masker ignores values shorter than this, because they would mask ordinary words. */
const shortestSecret = 4;
/** In a secret of several lines, the masker ignores lines shorter than this: they may be ordinary words. */
const shortestSecretLine = 16;
/** No private key has more lines. After so many lines, the masker shows lines again. */
const longestKeyLines = 120;

/**
 * Replaces the secrets in one line by `***`. Call it line by line, because it remembers the beginning of a private key.
 */
export type Masker = (line: string) => string;

/**
 * Creates a masker of given secrets, also in JSON and Base64. It also masks texts in the form of a bootstrap token, a
 * private key or the key of a kubeconfig.
 */
export function createMasker(secrets: readonly string[]): Masker {
  return maskerOf(formsOfAll(secrets));
}

/** Creates a mask for whole texts. It masks each text independently. */
export function createTextMask(secrets: readonly string[]): (text: string) => string {
  const forms = formsOfAll(secrets);
  return (text) => text.split('\n').map(maskerOf(forms)).join('\n');
}

/** Masks the secrets in a whole text. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return createTextMask(secrets)(text);
}

function maskerOf(forms: readonly string[]): Masker {
  let keyLines = 0;
  return (line) => {
    let masked = line;
    for (const form of forms) masked = masked.replaceAll(form, '***');
    masked = masked.replaceAll(keyInOneLine, '***').replaceAll(clientKeyData, '$1***').replaceAll(bootstrapToken, '***');
    if (keyLines > 0) {
      keyLines = keyEnds.test(masked) || keyLines > longestKeyLines ? 0 : keyLines + 1;
      return keyLines > 0 ? '***' : masked.replace(keyEnds, '***');
    }
    if (keyBegins.test(masked)) keyLines = 1;
    return masked.replace(keyBegins, '***');
  };
}

function formsOfAll(secrets: readonly string[]): readonly string[] {
  return secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
}

function formsOf(secret: string): readonly string[] {
  const whole = secret.trim();
  if (whole.length < shortestSecret) return [];
  const lines = whole.includes('\n') ? whole.split('\n').filter((line) => line.length >= shortestSecretLine) : [];
  const json = JSON.stringify(whole).slice(1, -1);
  const base64 = [secret, whole].map((text) => Buffer.from(text).toString('base64'));
  return [...new Set([whole, json, ...base64, ...lines])];
}

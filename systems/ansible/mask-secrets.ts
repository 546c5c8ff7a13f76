/** Bootstrap tokens of kubeadm (`abcdef.0123456789abcdef`): kubeadm prints them by itself. */
const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;
/** A private key within one line, as JSON prints it. */
const keyInOneLine = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----/g;
const keyBegins = /-----BEGIN [A-Z ]*PRIVATE KEY-----.*/;
const keyEnds = /.*-----END [A-Z ]*PRIVATE KEY-----/;
/** The private half of a kubeconfig's client certificate. */
const clientKeyData = /(client-key-data\\?["']?:\s*\\?["']?)[A-Za-z0-9+/=]+/g;

/** Values shorter than this would blot out ordinary words. */
const shortestSecret = 4;
/** A line of a secret of several lines, shorter than this, may be an ordinary word. */
const shortestSecretLine = 16;
/** No private key has more lines; what comes later is shown again. */
const longestKeyLines = 120;

/** Replaces the secrets in one line by `***`; call it line by line, because it knows when it is inside a private key. */
export type Masker = (line: string) => string;

/**
 * A masker of given secrets (also as JSON and Base64 write them), and of what looks like a bootstrap token, a private key
 * or the key of a kubeconfig.
 */
export function createMasker(secrets: readonly string[]): Masker {
  return maskerOf(formsOfAll(secrets));
}

/** Masks whole texts, each for itself. */
export function createTextMask(secrets: readonly string[]): (text: string) => string {
  const forms = formsOfAll(secrets);
  return (text) => text.split('\n').map(maskerOf(forms)).join('\n');
}

/** A whole text with its secrets masked. */
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

/** Bootstrap tokens of kubeadm (`abcdef.0123456789abcdef`): kubeadm prints them by itself. */
const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;

/** Values shorter than this would blot out ordinary words. */
const shortestSecret = 4;

/** Text with every secret value, and everything that looks like a bootstrap token, replaced by `***`. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter((secret) => secret.length >= shortestSecret).sort((a, b) => b.length - a.length);
  let masked = text;
  for (const secret of longestFirst) masked = masked.replaceAll(secret, '***');
  return masked.replace(bootstrapToken, '***');
}

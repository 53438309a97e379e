/** What is in a directory. */

/** Names of the files in a directory, sorted; of a directory that is not there, none. */
export async function filesIn(directory: string, pattern: RegExp): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries
      .filter(({ name, isDirectory }) => !isDirectory && pattern.test(name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

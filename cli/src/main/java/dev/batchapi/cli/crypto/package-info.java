/** Ciphers and checksums in the processor's own instructions, for a JVM that compiles plainly. */
@NullMarked
package dev.batchapi.cli.crypto;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.batchapi.cli.crypto;

import org.jspecify.annotations.NullMarked;

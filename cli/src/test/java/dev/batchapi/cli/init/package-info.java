@NullMarked
package dev.batchapi.cli.init;

import org.jspecify.annotations.NullMarked;

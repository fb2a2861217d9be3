@NullMarked
package dev.batchapi.cli.deploy;

import org.jspecify.annotations.NullMarked;

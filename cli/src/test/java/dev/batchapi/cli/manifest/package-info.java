@NullMarked
package dev.batchapi.cli.manifest;

import org.jspecify.annotations.NullMarked;

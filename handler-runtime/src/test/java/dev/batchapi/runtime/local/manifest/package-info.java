@NullMarked
package dev.batchapi.runtime.local.manifest;

import org.jspecify.annotations.NullMarked;

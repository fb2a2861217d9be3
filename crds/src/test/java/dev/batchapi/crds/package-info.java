@NullMarked
package dev.batchapi.crds;

import org.jspecify.annotations.NullMarked;

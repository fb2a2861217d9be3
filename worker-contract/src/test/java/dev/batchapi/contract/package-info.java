@NullMarked
package dev.batchapi.contract;

import org.jspecify.annotations.NullMarked;

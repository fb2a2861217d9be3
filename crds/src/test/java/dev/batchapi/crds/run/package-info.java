@NullMarked
package dev.batchapi.crds.run;

import org.jspecify.annotations.NullMarked;

package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a folder of this machine. */
class LocalUploadTest extends UploadContract {
  @TempDir private Path folder;

  @Override
  protected Stores stores() {
    return Stores.of(Map.of(), folder);
  }

  @Override
  protected String root() {
    return "";
  }

  @Test
  void aFileInTheWayOfAFolderIsNamed() throws IOException {
    Files.writeString(folder.resolve("a"), "no folder");
    assertThatThrownBy(() -> new LocalStore(folder).create("a/b").close())
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("a/b can't be written: ")
        .hasMessageContaining("is no folder");
  }

  @Test
  void aDiskThatIsFullMayHaveRoomLaterAndAPermissionDoesNotCome() {
    assertThat(LocalUpload.failed("f", "written", new IOException("No space left on device")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("f can't be written: No space left on device.");
    assertThat(LocalUpload.failed("f", "written", new AccessDeniedException("f")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("no permission");
    var readOnly = new FileSystemException("f", null, "Read-only file system");
    assertThat(LocalUpload.failed("f", "written", readOnly))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessage("f can't be written: Read-only file system.");
  }
}

#define _GNU_SOURCE

#include "CMemory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// What cannot be written is as it is in the file, and may be forgotten.
static int forget_constants(struct dl_phdr_info *module, size_t bytes, void *unused) {
  (void)bytes;
  (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < module->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &module->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) continue;
    uintptr_t start = (module->dlpi_addr + part->p_vaddr) & ~(page - 1);
    uintptr_t end = module->dlpi_addr + part->p_vaddr + part->p_filesz;
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void ym_give_back(void) {
  malloc_trim(0);
  dl_iterate_phdr(forget_constants, NULL);
}

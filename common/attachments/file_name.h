/*
 * attachments/file_name.h - the name of an attachment's file: its Id, and of
 * FileName what can harm nobody.
 *
 * "12-receipt.pdf", and "12.2-receipt.pdf" once its content is another one.
 */
#ifndef ATTACHMENTS_FILE_NAME_H
#define ATTACHMENTS_FILE_NAME_H

#include "base/slice.h"

/* Less than any file system allows, an encrypted one too (143 bytes). */
enum { FILE_NAME = 144, FILE_NAME_MOST_VERSIONS = 9999 };

/* Is it digits only, and few enough? */
bool file_name_is_id(struct slice id);

/*
 * Any bytes of `given`: separators of folders, control characters, what Windows
 * or a shell reads otherwise, characters that change the direction of writing,
 * and what is not UTF-8 become '_'; a long name is cut in its middle, so that
 * the extension stays.
 */
void file_name_make(struct slice id, int version, struct slice given,
		    char name[FILE_NAME]);

/* Is it the name of a file of this kind?  Which one, and which version. */
bool file_name_read(struct slice name, struct slice *id, int *version);

#endif

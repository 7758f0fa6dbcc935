// Made by scripts/docs.mjs from the commands: change those, not this file.

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** As the help shows them: "<image> [other]". */
  readonly parameters: string;
}

export const COMMAND_LIST: readonly CommandRow[] = [
  { name: 'init', summary: 'make a repository for images', parameters: '' },
  { name: 'discover', summary: 'list the devices that answer Who-Is', parameters: '' },
  {
    name: 'probe',
    summary: 'say whether devices can be backed up, by reading alone',
    parameters: '[target...]',
  },
  { name: 'backup', summary: 'back up devices into the repository', parameters: '<target...>' },
  {
    name: 'site',
    summary: 'write a commented site file from what answers, or explain one',
    parameters: '<action>',
  },
  { name: 'run', summary: 'back up all devices that a rule of the site file means', parameters: '[rule]' },
  { name: 'serve', summary: 'keep running, and run the rules of the site file on time', parameters: '' },
  { name: 'status', summary: 'say which devices are protected, and why the others are not', parameters: '' },
  { name: 'images', summary: 'list the images in the repository', parameters: '[instance]' },
  {
    name: 'find',
    summary: 'find images by what is known of the device or the image',
    parameters: '[text...]',
  },
  { name: 'show', summary: 'show one image: device, procedure and files', parameters: '<image>' },
  { name: 'tag', summary: 'give an image tags, as "as-built" or "golden"', parameters: '<image> <tag...>' },
  { name: 'untag', summary: 'take tags from an image', parameters: '<image> <tag...>' },
  { name: 'note', summary: 'write a note on an image', parameters: '<image> <text>' },
  { name: 'extract', summary: 'write the files of an image into a folder', parameters: '<image>' },
  { name: 'export', summary: 'write images into one ZIP file', parameters: '<image...>' },
  { name: 'import', summary: 'take images into the repository', parameters: '<place>' },
  { name: 'restore', summary: 'write an image back into a device', parameters: '<image> <target>' },
  {
    name: 'verify',
    summary: 'compare a device with an image, octet by octet',
    parameters: '<image> <target>',
  },
  {
    name: 'diff',
    summary: 'show what differs between two images, or an image and a device',
    parameters: '<image> [other]',
  },
  {
    name: 'recover',
    summary: 'release devices from what a killed or cut-off run left on them',
    parameters: '[target...]',
  },
  { name: 'twin', summary: 'serve a simulated device made from an image', parameters: '<image>' },
  { name: 'drill', summary: 'rehearse the restore of an image on a simulated twin', parameters: '<image>' },
  { name: 'check', summary: 'say what is wrong with the repository, and what cures it', parameters: '' },
  {
    name: 'forget',
    summary: 'take old images out of the repository, by a policy or by id',
    parameters: '[image...]',
  },
  { name: 'prune', summary: 'free the content that no image needs any more', parameters: '' },
];

"""The PRISMA 2020 flow: counts as lengths of id lists, the identities, the drawing."""

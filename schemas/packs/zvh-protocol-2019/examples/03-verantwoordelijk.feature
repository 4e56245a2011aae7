# language: nl
Functionaliteit: Wie verantwoordelijk is en voor wie het gebeurt
  Van elk gegeven is bekend wie het gaf (artikel 2). Het huis handelt namens een partij, en elke verstrekking dient een
  taak die de afzender noemt (artikel 5).

  Regel: Elk gegeven noemt wie het gaf, en dat blijft zo (2.1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-2.1 @toegestaan
    Scenario: Het huis geeft gegevens van de gemeente door en noemt de gemeente
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-2.1 @geweigerd
    Scenario: Het huis doet alsof de gegevens van het huis zelf zijn
      Als het huis de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 2.1
      En leest de afzender: Het huis is van deze gegevens niet de eerste verstrekker. Noem de partij van wie zij komen.

    @regel-2.1 @toegestaan
    Scenario: De burgemeester meldt een fout in de eigen gegevens
      Als de burgemeester meldt dat er een fout zit in de woonsituatie van de betrokkene, die de burgemeester gaf
      Dan mag het bericht worden verstuurd

    @regel-2.1 @geweigerd
    Scenario: De burgemeester verklaart niet de gegevens van de gemeente onjuist
      Als de burgemeester meldt dat er een fout zit in de woonsituatie van de betrokkene, die de gemeente gaf
      Dan wordt het bericht geweigerd op regel 2.1
      En leest de afzender: Over dit gegeven beslist alleen wie het het eerst verstrekte. Vraag die partij.

  Regel: Het huis handelt namens de partij van de casus (5.1)

    @regel-5.1 @toegestaan
    Scenario: De procesregisseur vraagt namens de gemeente die de casus aanmeldde
      Gegeven een casus in triage, aangemeld door de gemeente
      En de burgemeester en de GGD zijn in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      En het huis doet dat namens de gemeente
      Dan mag het bericht worden verstuurd

    @regel-5.1 @geweigerd
    Scenario: De procesregisseur handelt niet namens wie de casus niet aanmeldde
      Gegeven een casus in triage, aangemeld door de gemeente
      En de burgemeester en de GGD zijn in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      En het huis doet dat namens de burgemeester
      Dan wordt het bericht geweigerd op regel 5.1
      En leest de afzender: Het huis handelt in deze casus namens een andere partij. Noem die partij.

  Regel: Elke verstrekking zegt waarom zij nodig is en voor welke taak (5.2.1-3)

    @regel-5.2.1-3 @toegestaan
    Scenario: De aanmelding zegt waarom de gegevens nodig zijn
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-5.2.1-3 @geweigerd
    Scenario: De aanmelding zegt niet waarom de gegevens nodig zijn
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar het bericht noemt geen noodzaak
      Dan wordt het bericht geweigerd op regel 5.2
      En leest de afzender: Zeg waarom dit nodig is. Voeg de noodzaak toe.

    @regel-5.2.1-3 @geweigerd
    Scenario: De gemeente noemt de taak van een ander
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar het bericht noemt de taak van de GGD
      Dan wordt het bericht geweigerd op regel 5.2
      En leest de afzender: Noem de eigen taak, of de taak van de partij waarvoor het is.

  Regel: Buiten het overleg gaan gegevens alleen voor wat is afgesproken (5.3.1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de gemeente nemen deel aan het overleg

    @regel-5.3.1 @toegestaan
    Scenario: De reclassering voert een actie uit die in het plan van aanpak staat
      Gegeven de afspraak staat in het plan van aanpak
      Als de reclassering buiten het overleg de woonsituatie van de betrokkene geeft aan de gemeente, om een afgesproken actie uit te voeren
      Dan mag het bericht worden verstuurd

    @regel-5.3.1 @geweigerd
    Scenario: Er is geen afspraak vastgelegd
      Gegeven er is geen afspraak vastgelegd
      Als de reclassering buiten het overleg de woonsituatie van de betrokkene geeft aan de gemeente, om een afgesproken actie uit te voeren
      Dan wordt het bericht geweigerd op regel 5.3.1
      En leest de afzender: De afspraak waarop dit rust is in deze casus niet bekend. Noem het bericht waarin zij staat.

    @regel-5.3.1 @toegestaan
    Scenario: De reclassering geeft de casusregisseur wat die nodig heeft om de regie te voeren
      Gegeven de casusregie ligt bij de gemeente
      En de casusregie is met een besluit belegd
      Als de reclassering buiten het overleg de woonsituatie van de betrokkene geeft aan de gemeente, om de casusregie te voeren
      Dan mag het bericht worden verstuurd

    @regel-5.3.1 @geweigerd
    Scenario: De gemeente heeft de casusregie niet
      Gegeven de casusregie ligt bij de reclassering
      En de casusregie is met een besluit belegd
      Als de reclassering buiten het overleg de woonsituatie van de betrokkene geeft aan de gemeente, om de casusregie te voeren
      Dan wordt het bericht geweigerd op regel 5.3.1
      En leest de afzender: Deze afspraak draagt dit doel of deze ontvanger niet. Noem het plan of het besluit dat dat doet.

    @regel-5.3.1 @toegestaan
    Scenario: De casus gaat naar een andere tafel, en daarover is besloten
      Gegeven de casus is met een besluit toebedeeld
      Als de reclassering buiten het overleg de personalia van de betrokkene geeft aan de gemeente, om de casus toe te bedelen
      Dan mag het bericht worden verstuurd

    @regel-5.3.1 @geweigerd
    Scenario: Over een andere tafel is niets besloten
      Gegeven er is geen besluit vastgelegd
      Als de reclassering buiten het overleg de personalia van de betrokkene geeft aan de gemeente, om de casus toe te bedelen
      Dan wordt het bericht geweigerd op regel 5.3.1
      En leest de afzender: De afspraak waarop dit rust is in deze casus niet bekend. Noem het bericht waarin zij staat.
